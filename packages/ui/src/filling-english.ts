/** What fills the dialog, with its words in English: one file, so that one request brings it. */
export { english as words } from './catalogue/english.ts';
export { filling } from './filling.tsx';
