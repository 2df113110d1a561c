/** The lines of the pictures that the chip and the empty dialog need; what fills the dialog draws some of them too. */
export const PATHS = {
  check: 'M5 12.5l4.5 4.5L19 7.5',
  arrow: 'M12 4v11m0 0l-4.5-4.5M12 15l4.5-4.5M5 20h14',
  warning:
    'M12 9v4.5m0 3v.01M10.6 4.3L3 17.6A1.6 1.6 0 0 0 4.4 20h15.2a1.6 1.6 0 0 0 1.4-2.4L13.4 4.3a1.6 1.6 0 0 0-2.8 0z',
  dots: 'M6 12h.01M12 12h.01M18 12h.01',
  offline:
    'M3 3l18 18M8.5 16.5a5 5 0 0 1 7 0M5 13a10 10 0 0 1 4-2.4m6 .3A10 10 0 0 1 19 13M2 9.5A15 15 0 0 1 6.3 6.7M10.6 5.1A15 15 0 0 1 22 9.5M12 20h.01',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z',
  close: 'M6 6l12 12M18 6L6 18',
} as const;
