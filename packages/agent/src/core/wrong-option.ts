/** What the platform's reader of options says of a wrong one, without its lesson about options: people have mistyped one. */

/** `Unknown option '--foo'; see --help` */
export function wrongOption(message: string): string {
  const [first = message] = message.split(/\.\s/);
  return `${first}; see --help`;
}
