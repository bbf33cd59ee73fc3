export { drawBarcode } from './barcode.ts';
export { type DrawnFigure, type DrawnLine, type DrawnRule, drawPage, type PageDrawing } from './draw-page.ts';
export { type FontName, fontFile, textWidth } from './fonts.ts';
export { type DrawnForm, drawForm } from './form.ts';
export { invoiceDrawing, invoiceText } from './invoice.ts';
export { makePdf, type PdfOptions, type PdfPage, type PdfPicture, type PdfText } from './make-pdf.ts';
export { makeTiff, type TiffPage } from './make-tiff.ts';
export { seededRandom } from './random.ts';
