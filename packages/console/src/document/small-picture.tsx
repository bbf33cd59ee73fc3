import { Icon } from '../blocks/icon.tsx';
import { pictureAddress, SMALL, usePicture } from './picture-source.ts';

/** A page in small, as it came; until there is a picture of it a sheet of paper. */
export function SmallPicture({ jobId, number }: { readonly jobId: string; readonly number: number }) {
  const src = pictureAddress(jobId, number, SMALL);
  const { attempt, said, onLoad, onError } = usePicture(src);
  if (said !== null) return <Icon name="read" />;
  return <img key={attempt} src={src} alt="" loading="lazy" onLoad={onLoad} onError={onError} />;
}
