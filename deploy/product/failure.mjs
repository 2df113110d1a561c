/** Why a release of the product cannot be made: a code for scripts, a sentence for people. */
export class ReleaseFailure extends Error {
  constructor(code, message, details = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
