import type { Raster } from '@docusnap/engine';

/** A page that was just read from its pixels. */
export interface LastPage {
  readonly blobKey: string;
  readonly frame: number;
  readonly raster: Raster;
}

/** Keeps the page that was read last for the making of its images, until the next request. */
export interface LastPages {
  keep(page: LastPage): void;
  drop(): void;
  /** Undefined when it was another page. It is not kept any longer. */
  take(of: { readonly blobKey: string; readonly frame: number }): LastPage | undefined;
}

export function openLastPages(): LastPages {
  let last: LastPage | undefined;
  return {
    keep(page) {
      last = page;
    },
    drop() {
      last = undefined;
    },
    take({ blobKey, frame }) {
      const page = last;
      last = undefined;
      return page?.blobKey === blobKey && page.frame === frame ? page : undefined;
    },
  };
}
