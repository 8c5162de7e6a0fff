import { StubwireError } from '../errors.js';
import type { Environment } from './environment.js';
import type { YamlDocument } from './yaml-document.js';
import type { YamlNode, YamlScalar } from './yaml-node.js';

const VARIABLE = /\$\{([^}]*)\}/g;
const FORM = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/;

/**
 * Replaces `${NAME}` and `${NAME:-default}` (for a variable that is not set, or empty) in every value of a document.
 * What comes from the environment is never read as YAML. Returns a problem for each variable that is missing, unless
 * `standIn` takes its place.
 */
export function fillVariables(document: YamlDocument, env: Environment, standIn?: string): StubwireError[] {
  const problems: StubwireError[] = [];
  const filledNodes = new Set<YamlScalar>();
  const visit = (node: YamlNode): void => {
    if (node.kind === 'map') for (const entry of node.entries.values()) visit(entry.node);
    else if (node.kind === 'list') for (const item of node.items) visit(item);
    else if (!filledNodes.has(node)) {
      filledNodes.add(node);
      problems.push(...fillScalar(document, node, env, standIn));
    }
  };
  visit(document.root);
  return problems;
}

function fillScalar(document: YamlDocument, node: YamlScalar, env: Environment, standIn?: string): StubwireError[] {
  if (!node.written.includes('${')) return [];
  const problems: StubwireError[] = [];
  const problem = (code: 'config_variable_missing' | 'value_invalid', message: string): string => {
    node.broken = true;
    problems.push(new StubwireError(code, message, { place: document.source.place(node.start) }));
    return '';
  };
  node.fromVariable = true;
  node.source = node.written.replace(VARIABLE, (written, inner: string) => {
    const [, name, fallback] = FORM.exec(inner) ?? [];
    if (name === undefined) {
      return problem(
        'value_invalid',
        `${written} is not a valid variable. Write \${NAME}, or \${NAME:-default}, of letters, digits and _.`,
      );
    }
    const value = env[name];
    if (fallback !== undefined) return value === undefined || value === '' ? fallback : value;
    if (value !== undefined) return value;
    if (standIn !== undefined) return standIn;
    const advice = `Set ${name} before you start, or write \${${name}:-default} to give a default.`;
    return problem('config_variable_missing', `The environment variable ${name} is not set. ${advice}`);
  });
  return problems;
}
