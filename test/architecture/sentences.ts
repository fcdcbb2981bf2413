import ts from 'typescript';

/**
 * The sentences that the tests of a file make: the titles of an `it` or `test` and of the `describe`s around it, joined by
 * spaces. What a title fills in (`%s`, `$id`) is `…`, and every apostrophe is `'`.
 */
export function sentencesOf(path: string, text: string): string[] {
  const sentences: string[] = [];
  const visit = (node: ts.Node, around: readonly string[]): void => {
    const found = titleOf(node);
    const titles = found ? [...around, found.title] : around;
    if (found && found.kind !== 'describe') sentences.push(titles.join(' '));
    ts.forEachChild(node, (child) => visit(child, titles));
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest), []);
  return sentences;
}

function titleOf(node: ts.Node): { readonly kind: string; readonly title: string } | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const [title, body] = node.arguments;
  const kind = rootOf(node.expression);
  if (!title || !body || !ts.isStringLiteralLike(title) || !['describe', 'it', 'test'].includes(kind)) return undefined;
  return { kind, title: title.text.replace(/%(?:\.\d+)?[a-z]|\$[a-z]+/gi, '…').replace(/[`’]/g, "'") };
}

/** `it` of `it`, `it.each([...])` and `it.skipIf(...)`. */
function rootOf(callee: ts.Expression): string {
  if (ts.isIdentifier(callee)) return callee.text;
  return ts.isPropertyAccessExpression(callee) || ts.isCallExpression(callee) ? rootOf(callee.expression) : '';
}
