/** What fills the dialog, with its words in German: one file, so that one request brings it, and nobody loads words of another language. */
export { german as words } from './catalogue/german.ts';
export { filling } from './filling.tsx';
