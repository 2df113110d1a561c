/** Tells files that only describe types from files that do something. */
import { isNode, type Node, type SourceFile } from './source-file.ts';

/** The top-level statements that are still there when the types are gone. */
export function behaviourIn(file: SourceFile): readonly Node[] {
  return file
    .syntax()
    .nodes.filter(({ around }) => around.at(-1)?.type === 'Program')
    .map(({ node }) => node)
    .filter((node) => !isTypeOnly(node));
}

function isTypeOnly(node: Node): boolean {
  const { declaration } = node;
  const declared = isNode(declaration) ? declaration.type : node.type;
  return (
    node['importKind'] === 'type' ||
    node['exportKind'] === 'type' ||
    declared === 'TSInterfaceDeclaration' ||
    declared === 'TSTypeAliasDeclaration'
  );
}
