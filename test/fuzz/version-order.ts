/** Which of two of our releases is the newer one, told a second time: they differ in one number alone; and which is only to be tried. */

export function isNewer(one: string, other: string): boolean {
  return numberOf(one) > numberOf(other);
}

export const newerOf = (one: string, other: string): string => (isNewer(one, other) ? one : other);

const numberOf = (version: string): number => Number(version.split('.')[1]);

export const isBeta = (version: string): boolean => version.includes('-');
