/**
 * The dialog while it is open. Its frame is there at once; what fills it is drawn after that was seen, or when it has come, and until
 * then the frame says what is missing.
 */
import type { ChipView } from '../model/chip-view.ts';
import type { ChipLanguage } from '../model/language.ts';
import type { Situation } from '../model/situation.ts';
import type { Updates } from '../model/updates.ts';
import type { Lazy } from '../lazy.ts';
import type { Dialog } from '../load-dialog.ts';
import frameCss from '../frame.css?inline';
import { makeSheet } from './dom.ts';
import { createFrame, type Lack } from './frame.ts';

/** Longer than it takes where nothing is wrong: a word that comes and goes is only restless. */
const SLOW_MS = 1000;
/** From then on what is missing may be gone for good, with the release that it was part of. */
const MANY_FAILURES = 3;

export interface Surroundings {
  readonly root: ShadowRoot;
  readonly updates: Updates;
  readonly language: ChipLanguage;
  readonly dialog: Lazy<Dialog>;
  /** The browser's clock in milliseconds. */
  readonly now: () => number;
  /** The address of settings and history; empty where there is no way to them. */
  readonly page: string;
  /** The person wants the page to be loaded again. */
  readonly onReload: () => void;
}

interface Needs extends Surroundings {
  readonly chip: HTMLElement;
  readonly isByClick: boolean;
  readonly onClose: () => void;
  /** Time has passed that changes what is shown. */
  readonly onDue: () => void;
}

export interface Opened {
  readonly show: (situation: Situation, chip: ChipView, announcement: string) => void;
  /** Also out of the page. */
  readonly end: () => void;
}

/** One sheet is the chip's. The others come before it, and not before they are needed: a page where nobody opens it need not read them. */
function adopt(root: ShadowRoot, count: number, css: string): void {
  if (root.adoptedStyleSheets.length < count) root.adoptedStyleSheets.unshift(makeSheet(css));
}

/** Somebody comes near the chip, and may well press it next: what can be done before that need not be done then. */
export function prepare({ root, dialog }: Pick<Surroundings, 'root' | 'dialog'>): void {
  dialog.hurry();
  adopt(root, 2, frameCss);
  const there = dialog.value();
  if (there !== undefined) adopt(root, 3, there.filling.css);
}

function lackOf(
  { failures }: Lazy<Dialog>,
  link: Situation['link'],
  isSlow: boolean,
): Lack | undefined {
  const answers = link.kind === 'live' || link.kind === 'signed-out';
  if (failures() >= MANY_FAILURES && answers) return 'lasting';
  if (failures() > 0) return 'failed';
  return isSlow ? 'loading' : undefined;
}

export function openDialog(needs: Needs): Opened {
  const { root, updates, dialog, now, page, chip: chipButton, isByClick, onDue } = needs;
  const frame = createFrame(needs);
  /** The click is answered when the frame has been drawn. */
  let isDrawn = !isByClick;
  let isSlow = false;
  let wasSignedOut: boolean | undefined;
  const timers = [
    setTimeout(() => {
      isSlow = true;
      onDue();
    }, SLOW_MS),
  ];
  // What waits for a frame runs before it is drawn; a timer that it sets runs after.
  const drawing = requestAnimationFrame(() => {
    timers.push(
      setTimeout(() => {
        isDrawn = true;
        onDue();
      }),
    );
  });

  /** Never onto what starts something. Opened by a click it stays where the browser has put it. */
  const placeFocus = (isSignedOut: boolean): void => {
    if (isSignedOut && wasSignedOut !== true) frame.focus('password');
    else if (!isSignedOut && wasSignedOut === true) frame.focus('title');
    else frame.keepFocus();
  };

  const fill = ({ filling, language: complete }: Dialog, situation: Situation, chip: ChipView) => {
    const isSignedOut = situation.link.kind === 'signed-out';
    // The form is small, and a phone shows its keyboard only for what has the focus at the touch itself.
    if (!isDrawn && !isSignedOut) return;
    adopt(root, 3, filling.css);
    if (wasSignedOut === undefined) frame.place.replaceChildren();
    filling.draw(frame.place, { situation, chip, now: now(), updates, page, language: complete });
    placeFocus(isSignedOut);
    wasSignedOut = isSignedOut;
  };

  adopt(root, 2, frameCss);
  chipButton.after(frame.dialog);
  frame.dialog.showModal();
  // The browser chooses as for a click.
  if (!isByClick) frame.focus('title');

  return {
    show(situation, chip, announcement) {
      const there = dialog.value();
      if (there === undefined) frame.lack(lackOf(dialog, situation.link, isSlow));
      else fill(there, situation, chip);
      frame.announce(announcement);
    },
    end() {
      cancelAnimationFrame(drawing);
      for (const timer of timers) clearTimeout(timer);
      dialog.value()?.filling.clear(frame.place);
      frame.dialog.close();
      frame.dialog.remove();
    },
  };
}
