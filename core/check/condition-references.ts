import jsonata from 'jsonata';
import type { Reference } from './text-references.js';

/** As much of JSONata's syntax tree as is looked at. */
export interface ConditionNode {
  readonly type: string;
  readonly value?: unknown;
  readonly steps?: readonly ConditionNode[];
  readonly lhs?: ConditionNode;
  readonly rhs?: ConditionNode;
  readonly condition?: ConditionNode;
  readonly then?: ConditionNode;
  readonly else?: ConditionNode;
  readonly arguments?: readonly ConditionNode[];
  readonly expressions?: readonly ConditionNode[];
  readonly expression?: ConditionNode;
  readonly predicate?: readonly unknown[];
  readonly stages?: readonly unknown[];
  readonly group?: unknown;
}

/** The tree of a condition; undefined where it is not JSONata. */
export function conditionTree(condition: string): ConditionNode | undefined {
  try {
    return jsonata(condition).ast() as unknown as ConditionNode;
  } catch {
    return undefined; // another check reports its syntax error
  }
}

const isFiltered = ({ predicate, stages, group }: ConditionNode): boolean =>
  predicate !== undefined || stages !== undefined || group !== undefined;

/** The plain names at the begin of a path: `stub.data.items[0].x` gives `stub.data.items`. */
export function plainPath({ type, steps = [] }: ConditionNode): Reference {
  if (type !== 'path') return [];
  const names: string[] = [];
  for (const step of steps) {
    if (step.type !== 'name') break;
    names.push(String(step.value));
    if (isFiltered(step)) break;
  }
  return names;
}

/** The paths of a condition that begin at its roots. Inside filters and functions of its own a name means something else. */
export function conditionReferences(node: ConditionNode | undefined): readonly Reference[] {
  if (node === undefined) return [];
  if (node.type === 'path') {
    const path = plainPath(node);
    return path.length > 0 ? [path] : conditionReferences(node.steps?.[0]);
  }
  if (node.type === 'lambda' || node.type === 'bind') return [];
  const parts = [node.lhs, node.rhs, node.condition, node.then, node.else, node.expression];
  return [...parts, ...(node.arguments ?? []), ...(node.expressions ?? [])]
    .filter((part) => !Array.isArray(part))
    .flatMap(conditionReferences);
}

/** The parts that must all hold: those that `and` joins at the top. */
export function conjuncts(node: ConditionNode): readonly ConditionNode[] {
  if (node.type === 'block' && node.expressions?.length === 1) return conjuncts(node.expressions[0]!);
  const isAnd = node.type === 'binary' && node.value === 'and';
  return isAnd ? [...conjuncts(node.lhs!), ...conjuncts(node.rhs!)] : [node];
}

/** `path = "text"`, either way round. */
export function textComparison(node: ConditionNode): { readonly path: Reference; readonly text: string } | undefined {
  if (node.type !== 'binary' || node.value !== '=' || node.lhs === undefined || node.rhs === undefined)
    return undefined;
  const [path, other] = node.lhs.type === 'path' ? [node.lhs, node.rhs] : [node.rhs, node.lhs];
  if (path.type !== 'path' || other.type !== 'string') return undefined;
  return { path: plainPath(path), text: String(other.value) };
}
