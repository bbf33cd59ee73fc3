import { giveBack } from '@docusnap/blobs';
import type { Raster } from '@docusnap/engine';

/** A page that was just read from its pixels. */
export interface LastPage {
  readonly blobKey: string;
  readonly frame: number;
  readonly raster: Raster;
}

/** Keeps the page that was read last for the making of its images, until the next request. Its pixels are its own: their memory is given back. */
export interface LastPages {
  keep(page: LastPage): void;
  drop(): void;
  /** Undefined when it was another page. It is not kept any longer, and its memory is the caller's to give back. */
  take(of: { readonly blobKey: string; readonly frame: number }): LastPage | undefined;
}

export function openLastPages(): LastPages {
  let last: LastPage | undefined;
  const drop = (): void => {
    if (last) giveBack(last.raster.data);
    last = undefined;
  };
  return {
    keep(page) {
      drop();
      last = page;
    },
    drop,
    take({ blobKey, frame }) {
      if (last?.blobKey !== blobKey || last.frame !== frame) drop();
      const page = last;
      last = undefined;
      return page;
    },
  };
}
