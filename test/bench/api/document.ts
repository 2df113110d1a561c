/** The api's part of the page of the bench, between marks of its own; the words around it are a person's. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { between, machineText } from '../documents.ts';

const MARKS = {
  begin: '<!-- from here to the end mark: written by npm run bench -- api -->',
  end: '<!-- end of the api -->',
};

/** Rejects when the page or its marks are missing. */
export async function writeApiDocument(directory: string, text: string): Promise<void> {
  const file = join(directory, 'benchmarks.md');
  const page = await readFile(file, 'utf8');
  await writeFile(file, between(page, `${machineText()}\n\n${text}`, MARKS));
}
