/** The version of this element. The api that serves it has the same; a test ties it to package.json. */
export const ELEMENT_VERSION = '0.1.0';
