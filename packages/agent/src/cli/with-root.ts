/** Words with commands of ours in them, so that these can be copied: below another root each needs to be told it. Looks at no disk. */

/** A command, and not only a name: `systemctl restart pikit-agent` is of this machine, whatever the root is. */
const COMMAND =
  /\bpikit-(?:rpc(?= (?:watch|doctor|rescue|agent\.|update\.))|agent(?= --(?:run|recover|check-config)))/g;

/** Nothing in it is no letter of a word for a shell. */
const PLAIN = /^[\w@%+=:,./-]+$/;

export function withRoot(words: string, root: string): string {
  if (root === '/') return words;
  const word = PLAIN.test(root) ? root : `'${root.replaceAll("'", String.raw`'\''`)}'`;
  return words.replaceAll(COMMAND, (command) => `${command} --root ${word}`);
}
