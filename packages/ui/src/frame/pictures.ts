/** The few pictures of the chip and of the empty dialog. They repeat what words say, so they are hidden from screen readers. */
import { makeSvg } from './dom.ts';
import { PATHS } from './picture-paths.ts';

const FRAME = { viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' };

export type PictureName = keyof typeof PATHS;

export function makePicture(name: PictureName): SVGElement {
  return makeSvg('svg', { ...FRAME, class: 'icon' }, makeSvg('path', { d: PATHS[name] }));
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
