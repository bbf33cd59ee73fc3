import type { Code } from '../code.ts';
import type { Manifest } from '../manifest.ts';
import type { Zones } from '../zones.ts';
import { autoscalersAreAlone } from './autoscalers.ts';
import { quotaSuffices, readersHaveRoom } from './capacity.ts';
import { containersKeepToCode, measuresExist, rolesAreSet } from './code.ts';
import { connectionsSuffice } from './connections.ts';
import { podsMayDrain } from './drain.ts';
import { imagesArePinned } from './images.ts';
import { allIsOfOneInstallation, waysInLeadThroughTheFirewall } from './namespaces.ts';
import { policiesKeepToZones } from './network.ts';
import { probesAreThere } from './probes.ts';
import { referencesLead } from './references.ts';
import { resourcesAreSet } from './resources.ts';
import { namespacesAndAccountsAreClosed, podsAreRestricted } from './restricted.ts';
import { selectorsFind } from './selectors.ts';

export interface Held {
  readonly code: Code;
  readonly zones: Zones;
  readonly namespace: string;
}

/** Everything that an installation has to keep to; what it does not, in sentences. */
export function breaches(manifests: readonly Manifest[], { code, zones, namespace }: Held): string[] {
  return [
    ...imagesArePinned(manifests),
    ...resourcesAreSet(manifests),
    ...podsAreRestricted(manifests),
    ...namespacesAndAccountsAreClosed(manifests),
    ...probesAreThere(manifests),
    ...selectorsFind(manifests),
    ...referencesLead(manifests),
    ...autoscalersAreAlone(manifests),
    ...quotaSuffices(manifests),
    ...readersHaveRoom(manifests),
    ...connectionsSuffice(manifests),
    ...podsMayDrain(manifests, code.stopSeconds),
    ...policiesKeepToZones(manifests, zones),
    ...containersKeepToCode(manifests, code),
    ...measuresExist(manifests, code),
    ...rolesAreSet(manifests, code),
    ...allIsOfOneInstallation(manifests, namespace),
    ...waysInLeadThroughTheFirewall(manifests),
  ];
}
