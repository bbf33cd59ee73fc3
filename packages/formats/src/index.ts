export { formatAlto } from './alto.ts';
export { formatHocr } from './hocr.ts';
export { type FailedLeaf, type Leaf, leafOf, leavesOf, type ReadLeaf, type ReadPage } from './leaves.ts';
export { formatMarkdown, pageAsMarkdown } from './markdown.ts';
export { EMBEDDABLE, type ImageHead, readImageHead } from './pdf/image-head.ts';
export { formatImagePdf, type ImageFiles, type Zlib } from './pdf/image-pdf.ts';
export { type OverlaidPage, type Overlay, openOverlay } from './pdf/overlay.ts';
export { formatText, pageAsText } from './text.ts';
export { formatTsv } from './tsv.ts';
