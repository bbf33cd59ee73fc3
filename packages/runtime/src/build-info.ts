import type { Metrics } from './metrics.ts';

/** Of the whole product: gateway and ocr of one release bear the same. */
export const PRODUCT_VERSION = '0.1.0';

/** Tells what runs here, as a measure whose labels are the answer and whose value is 1. */
export function tellBuild(metrics: Metrics, { service }: { readonly service: string }): void {
  metrics
    .gauge({
      name: 'docusnap_build_info',
      help: 'What runs: service, version, and the version of Node; always 1.',
      labelNames: ['service', 'version', 'node'],
    })
    .set({ service, version: PRODUCT_VERSION, node: process.versions.node }, 1);
}
