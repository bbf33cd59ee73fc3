import { LIMITS } from '@docusnap/contracts';
import type { GatewayConfig } from '../config.ts';
import type { Limits } from '../ports.ts';

type Config = Pick<GatewayConfig, 'MAX_IMAGE_BYTES' | 'MAX_PDF_BYTES' | 'MAX_DOCUMENT_BYTES' | 'MAX_PAGE_PIXELS'>;

/** A JSON submit holds files in base64, four bytes for three, and a little around them. */
export function longestJson({ MAX_IMAGE_BYTES }: Pick<Config, 'MAX_IMAGE_BYTES'>): number {
  return Math.ceil((MAX_IMAGE_BYTES * 4) / 3) + 64 * 1024;
}

export interface ChangeableLimits {
  /** Each request reads what is in force then. */
  readonly limits: Limits;
  change(next: Config): void;
}

export function openChangeableLimits(first: Config): ChangeableLimits {
  let inForce = first;
  return {
    limits: {
      filesPerJob: LIMITS.filesPerJob,
      get imageBytes() {
        return inForce.MAX_IMAGE_BYTES;
      },
      get pdfBytes() {
        return inForce.MAX_PDF_BYTES;
      },
      get documentBytes() {
        return inForce.MAX_DOCUMENT_BYTES;
      },
      get pagePixels() {
        return inForce.MAX_PAGE_PIXELS;
      },
      get jsonBytes() {
        return longestJson(inForce);
      },
    },
    change(next) {
      inForce = next;
    },
  };
}
