/**
 * The language of one element, for every part of it: what it holds is the second argument of every component below. The host page and
 * the element each provide their own. No part of the dialog uses hooks, which would be a twentieth of what it takes to load it.
 */
import { Component, type ComponentChildren } from 'preact';
import type { Language } from '../model/language.ts';

/** What every component below hears. */
export interface Spoken {
  readonly language: Language;
}

interface Props {
  readonly value: Language;
  readonly children: ComponentChildren;
}

export class Speaking extends Component<Props> {
  override getChildContext(): Spoken {
    return { language: this.props.value };
  }

  override render({ children }: Props): ComponentChildren {
    return children;
  }
}
