/**
 * CRC-32 (ISO 3309) over a string's UTF-8 bytes: tells a torn record from a whole one. It is no defence against anyone
 * who writes the file on purpose; those files are root's.
 */
const POLYNOMIAL = 0xedb88320;

/** Eight hexadecimal digits. */
export function checksum(text: string): string {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    }
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}
