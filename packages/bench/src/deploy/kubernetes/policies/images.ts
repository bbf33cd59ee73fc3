import { type Manifest, nameOf, textAt, textsAt } from '../manifest.ts';
import { containersOf, podTemplates } from '../pods.ts';

const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** Each image is of a version that stays what it is: by its digest, or by a tag other than `latest`. */
export function imagesArePinned(manifests: readonly Manifest[]): string[] {
  const ofPods = podTemplates(manifests).flatMap((pod) =>
    containersOf(pod).map(({ name, fields }) => ({
      where: `${nameOf(pod.owner)}, ${name}`,
      image: textAt(fields, 'image'),
    })),
  );
  const ofOthers = manifests.flatMap((manifest) =>
    textsAt(manifest.fields, 'spec.imageName').map((image) => ({ where: nameOf(manifest), image })),
  );
  return [...ofPods, ...ofOthers].flatMap(({ where, image }) => {
    if (image === undefined) return [`${where}: it names no image`];
    if (DIGEST.test(image)) return [];
    const tag = image.slice(image.lastIndexOf('/') + 1).split(':')[1];
    if (tag === undefined) return [`${where}: the image ${image} has no tag`];
    return tag === 'latest' ? [`${where}: the image ${image} is another one tomorrow`] : [];
  });
}
