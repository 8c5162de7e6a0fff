import type { TemplateCheck } from '../contract/template-check.js';
import { branchNeverReached } from './rules/branch-never-reached.js';
import { closeGoesNowhere } from './rules/close-goes-nowhere.js';
import { conditionConstant } from './rules/condition-constant.js';
import { conditionNever } from './rules/condition-never.js';
import { conditionUnknownRoot } from './rules/condition-unknown-root.js';
import { editorKeys } from './rules/editor-keys.js';
import { laterTask } from './rules/later-task.js';
import { listNeverFilled } from './rules/list-never-filled.js';
import { missingRequiredField } from './rules/missing-required-field.js';
import { mobileNoNumber } from './rules/mobile-no-number.js';
import { noWayOut } from './rules/no-way-out.js';
import { sameKeyname } from './rules/same-keyname.js';
import { samePathClaimed } from './rules/same-path-claimed.js';
import { sendactionLoop } from './rules/sendaction-loop.js';
import { sentActionNotInState } from './rules/sent-action-not-in-state.js';
import { sentActionUnknown } from './rules/sent-action-unknown.js';
import { slowRegex } from './rules/slow-regex.js';
import { timerNeverSet } from './rules/timer-never-set.js';
import { triggerUnknownAction } from './rules/trigger-unknown-action.js';
import { twoDefaultBranches } from './rules/two-default-branches.js';
import { unknownData } from './rules/unknown-data.js';
import { unknownPath } from './rules/unknown-path.js';
import { unlistedAction } from './rules/unlisted-action.js';
import { unreachableState } from './rules/unreachable-state.js';

/** Core's own rules; plugins contribute theirs. */
export const TEMPLATE_RULES: readonly TemplateCheck[] = [
  unreachableState,
  noWayOut,
  unlistedAction,
  closeGoesNowhere,
  branchNeverReached,
  twoDefaultBranches,
  conditionUnknownRoot,
  conditionConstant,
  conditionNever,
  slowRegex,
  unknownPath,
  unknownData,
  laterTask,
  sameKeyname,
  missingRequiredField,
  sendactionLoop,
  sentActionUnknown,
  sentActionNotInState,
  timerNeverSet,
  triggerUnknownAction,
  samePathClaimed,
  listNeverFilled,
  mobileNoNumber,
  editorKeys,
];
