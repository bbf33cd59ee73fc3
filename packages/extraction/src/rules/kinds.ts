/**
 * Words that tell kinds of documents apart, in English, Chinese, German, French and Spanish, by weight: what stands on one kind only counts most.
 * Without case and punctuation; words of Latin script as whole words.
 */
export interface Kind {
  /** Other names of the kind, for a caller's own labels. */
  readonly names: string;
  readonly telling: string;
  readonly usual: string;
}

export const KINDS = {
  invoice: {
    names: 'invoice|invoices|bill|tax invoice|facture|rechnung|factura|发票|账单',
    telling:
      'invoice|invoice number|invoice no|invoice date|bill to|amount due|payment terms|due date|rechnung|rechnungsnummer|rechnungsdatum|facture|date de facture|net à payer|factura|发票|发票号码|发票代码|开票日期|价税合计|购买方|销售方|remit to|purchase order',
    usual:
      'subtotal|unit price|qty|quantity|vat|tax|mwst|ust|tva|iban|zahlbar|einzelpreis|gesamtbetrag|prix unitaire|税额|税率|ship to|description|amount|balance due',
  },
  receipt: {
    names:
      'receipt|receipts|till receipt|sales slip|reçu|ticket de caisse|quittung|kassenbon|kassenzettel|beleg|recibo|收据|小票',
    telling:
      'receipt|cash|change|change due|cashier|thank you|please come again|goods sold|not returnable|tendered|rounding|visa|mastercard|kassenbon|bar|rückgeld|quittung|ticket|espèces|espece|rendu|reçu|caisse|recibo|tunai|baki|小票|找零|收银员|收据|现金|欢迎光临|谢谢惠顾',
    usual:
      'total|subtotal|gst|tax|qty|item|items|table|card|pos|summe|mwst|tva|merci|danke|合计|实付|数量|单价|summary',
  },
  letter: {
    names: 'letter|letters|correspondence|brief|lettre|courrier|carta|信|信函|信件|memo|memorandum|fax',
    telling:
      'dear|sincerely|yours sincerely|yours truly|yours faithfully|best regards|kind regards|cordially|very truly yours|enclosure|sehr geehrte|sehr geehrter|mit freundlichen grüßen|cher|chère|madame monsieur|veuillez agréer|cordialement|salutations|estimado|atentamente|尊敬的|此致|敬礼|敬上|memorandum|fax cover sheet|facsimile|cover sheet',
    usual: 'subject|re|to|from|cc|betreff|objet|asunto|message|attached|enclosed|您好|主题|pages|confidential',
  },
  form: {
    names: 'form|forms|application form|questionnaire|formular|antrag|formulaire|formulario|表格|申请表|登记表',
    telling:
      'form|application form|please print|check one|fill in|for office use only|office use only|signature of applicant|applicant signature|please tick|please complete|block letters|formular|antrag|antragsteller|bitte ankreuzen|ausfüllen|formulaire|à remplir|cocher|formulario|rellenar|申请表|登记表|填写|填表|申请人签名|表格|请填写|勾选',
    usual:
      'name|address|date of birth|signature|telephone|phone|email|yes|no|first name|last name|zip|city|state|vorname|nachname|geburtsdatum|unterschrift|anschrift|nom|prénom|adresse|signature|姓名|性别|出生日期|联系电话|签名|地址|date',
  },
  contract: {
    names: 'contract|contracts|agreement|vertrag|contrat|contrato|合同|协议',
    telling:
      'agreement|contract|hereby|hereinafter|whereas|the parties|party of the first part|witness whereof|in witness whereof|terms and conditions|governing law|termination|indemnify|lessee|lessor|vertrag|vertragspartner|zwischen|vereinbarung|kündigung|contrat|entre les soussignés|les parties|contrato|合同|协议|甲方|乙方|违约|协议书|本合同',
    usual:
      'party|parties|clause|article|section|liability|obligations|effective date|signed|paragraph|haftung|résiliation|条款|签订|生效|shall',
  },
  'identity document': {
    names:
      'identity document|id|id card|identity card|passport|driving licence|driver license|ausweis|reisepass|führerschein|carte d’identité|passeport|permis de conduire|身份证|护照|驾驶证|dni',
    telling:
      'passport|identity card|driving licence|driver license|driver’s license|residence permit|place of birth|date of expiry|nationality|personalausweis|reisepass|führerschein|staatsangehörigkeit|carte nationale d’identité|passeport|permis de conduire|nationalité|公民身份号码|签发机关|居民身份证|护照|驾驶证|民族|准驾车型|有效期限',
    usual:
      'surname|given names|date of birth|sex|authority|date of issue|signature of bearer|nom|prénoms|geburtsdatum|gültig bis|姓名|性别|出生|住址|国籍|height',
  },
  'bank statement': {
    names:
      'bank statement|account statement|statement|kontoauszug|relevé de compte|relevé bancaire|extracto bancario|对账单|银行流水|流水',
    telling:
      'bank statement|account statement|statement of account|opening balance|closing balance|statement period|account summary|withdrawals|deposits|kontoauszug|kontostand|saldo|buchungstag|wertstellung|relevé de compte|solde|débit|crédit|extracto|对账单|交易明细|账户余额|期初余额|期末余额|借方|贷方',
    usual:
      'account number|balance|transaction|transactions|debit|credit|iban|bic|sort code|branch|konto|buchung|compte|交易日期|余额|摘要',
  },
  report: {
    names: 'report|reports|bericht|rapport|informe|报告|study|analysis',
    telling:
      'report|annual report|executive summary|findings|table of contents|progress report|fiscal year|quarterly|research|analysis|bericht|jahresbericht|zusammenfassung|ergebnisse|rapport|rapport annuel|informe|报告|年度报告|摘要|分析|研究|半年度报告',
    usual:
      'table|figure|results|summary|conclusion|appendix|source|year|tabelle|abbildung|tableau|résultats|表|图|结果|结论|percent|total',
  },
  article: {
    names: 'article|articles|paper|essay|news|artikel|aufsatz|artículo|文章|论文|新闻|book',
    telling:
      'abstract|introduction|references|doi|journal|et al|chapter|keywords|author|authors|newspaper|published|einleitung|literatur|kapitel|auteur|chapitre|bibliographie|摘要|关键词|参考文献|作者|第一章|引言|论文|出版社|北京大学出版社',
    usual: 'vol|pp|editor|press|university|study|figure|theory|history|文学|艺术|研究|理论|历史|said',
  },
} as const satisfies Readonly<Record<string, Kind>>;
