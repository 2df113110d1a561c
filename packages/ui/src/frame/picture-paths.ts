/** The lines of the pictures that are seen on the chip and in the dialog alike. */
export const PATHS = {
  check: 'M5 12.5l4.5 4.5L19 7.5',
  warning:
    'M12 9v4.5m0 3v.01M10.6 4.3L3 17.6A1.6 1.6 0 0 0 4.4 20h15.2a1.6 1.6 0 0 0 1.4-2.4L13.4 4.3a1.6 1.6 0 0 0-2.8 0z',
  dots: 'M6 12h.01M12 12h.01M18 12h.01',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z',
} as const;
