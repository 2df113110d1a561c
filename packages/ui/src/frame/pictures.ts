/** The few pictures of the chip and of the empty dialog. They repeat what words say, so they are hidden from screen readers. */
import { makeSvg } from './dom.ts';
import { PATHS } from './picture-paths.ts';

const FRAME = { viewBox: '0 0 24 24', 'aria-hidden': 'true' };

const ALL = {
  ...PATHS,
  arrow: 'M12 4v11m0 0l-4.5-4.5M12 15l4.5-4.5M5 20h14',
  offline:
    'M3 3l18 18M8.5 16.5a5 5 0 0 1 7 0M5 13a10 10 0 0 1 4-2.4m6 .3A10 10 0 0 1 19 13M2 9.5A15 15 0 0 1 6.3 6.7M10.6 5.1A15 15 0 0 1 22 9.5M12 20h.01',
  close: 'M6 6l12 12M18 6L6 18',
} as const;

export type PictureName = keyof typeof ALL;

export function makePicture(name: PictureName): SVGElement {
  return makeSvg('svg', { ...FRAME, class: 'icon' }, makeSvg('path', { d: ALL[name] }));
}

interface Ring {
  readonly element: SVGElement;
  readonly show: (percent: number | undefined) => void;
}

/** A ring that fills up; without a percentage it turns. */
export function makeRing(): Ring {
  const circle = { cx: '12', cy: '12', r: '9' };
  const fill = makeSvg('circle', { ...circle, class: 'fill', pathLength: '100' });
  const track = makeSvg('circle', { ...circle, class: 'track' });
  const element = makeSvg('svg', FRAME, track, fill);
  return {
    element,
    show(percent) {
      element.setAttribute('class', percent === undefined ? 'icon ring turning' : 'icon ring');
      fill.setAttribute('stroke-dasharray', `${String(percent ?? 30)} 100`);
    },
  };
}
