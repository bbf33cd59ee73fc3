export { type DrawnLine, type DrawnRule, drawPage, type PageDrawing } from './draw-page.ts';
export { type FontName, textWidth } from './fonts.ts';
export { invoiceDrawing, invoiceText } from './invoice.ts';
export { makePdf, type PdfOptions, type PdfPage, type PdfPicture, type PdfText } from './make-pdf.ts';
export { seededRandom } from './random.ts';
