/**
 * Makes elements. What the element's own file shows is a button and an empty dialog, which every page pays for: too little for a
 * library that draws. What fills the dialog has one.
 */
type Attributes = Readonly<Record<string, string>>;

function furnish(element: Element, attributes: Attributes, children: readonly (Node | string)[]) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
}

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  furnish(element, attributes, children);
  return element;
}

export function makeSvg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes,
  ...children: readonly Node[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  furnish(element, attributes, children);
  return element;
}

export function makeSheet(css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}

/** Only where it changes: a live region reads out what is written into it, even if it is the same. */
export function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
