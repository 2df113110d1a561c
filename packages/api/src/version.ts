/** The api's own version, which an update's probe compares with the release. A test ties it to package.json. */
export const API_VERSION = '0.1.0';
