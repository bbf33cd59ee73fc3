import { BLUE_GREEN_CHECK } from './blue-green/blue-green.ts';
import type { DeployCheck } from './check.ts';
import { COMPOSE_CHECK } from './compose/compose.ts';
import { ANSIBLE_CHECK } from './host/ansible.ts';
import { ANSIBLE_RUN_CHECK } from './host/ansible-run.ts';
import { UNITS_CHECK } from './host/units.ts';
import { IMAGES_CHECK } from './images/images.ts';
import { KUBERNETES_CHECK } from './kubernetes/kubernetes.ts';
import { MONITORING_CHECK } from './monitoring/monitoring.ts';
import { PROXY_CHECK } from './proxy/proxy.ts';
import { RECIPES_CHECK } from './recipes/recipes.ts';
import { RESTORE_CHECK } from './restore/restore-check.ts';
import { STACK_CHECK } from './stack/stack-check.ts';

/** In the order in which they run: what takes longest comes last. */
export const CHECKS: readonly DeployCheck[] = [
  COMPOSE_CHECK,
  KUBERNETES_CHECK,
  MONITORING_CHECK,
  PROXY_CHECK,
  UNITS_CHECK,
  RECIPES_CHECK,
  ANSIBLE_CHECK,
  ANSIBLE_RUN_CHECK,
  RESTORE_CHECK,
  STACK_CHECK,
  BLUE_GREEN_CHECK,
  IMAGES_CHECK,
];
