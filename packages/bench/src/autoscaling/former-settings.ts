import type { AutoscalerSettings } from './horizontal-autoscaler.ts';

/** What k8s/ had before this simulation: what waits alone decided, so that pods went as soon as nothing did, and came back a minute of work later. */
export const FORMER_SETTINGS: Pick<AutoscalerSettings, 'metrics' | 'behaviour'> = {
  metrics: [{ kind: 'backlog', targetSeconds: 60 }],
  behaviour: {
    scaleUp: {
      stabilizationWindowSeconds: 30,
      policies: [
        { type: 'Percent', value: 100, periodSeconds: 60 },
        { type: 'Pods', value: 2, periodSeconds: 60 },
      ],
    },
    scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: 'Percent', value: 50, periodSeconds: 60 }] },
  },
};
