/**
 * The names that values are kept under, and what forms and documents print for them. A name is in English and title case; its labels are in
 * English, Chinese, German, French, Spanish and Malay, apart by "|", without case, spaces and punctuation.
 */
export const STANDARD_NAMES: Readonly<Record<string, string>> = {
  Name: 'name|full name|name in full|your name|nama|nama penuh|姓名|名字|姓名全称|vor- und zuname|vor- und nachname|nom complet|nom et prénom|nom et prénoms|nom prénom|nombre completo|nombre y apellidos|applicant name|name of applicant|applicant|申请人|申请人姓名|nachname vorname|holder|name of holder|cardholder name|持卡人|持证人',
  'Name (Native)': 'chinese name|name in chinese|native name|name in native script|中文姓名|中文名|中文名字',
  'Name (Latin)':
    'english name|name in english|name in latin script|latin name|英文姓名|英文名|姓名拼音|拼音|name in pinyin|pinyin name|pinyin',
  Surname:
    'surname|last name|family name|surnames|姓|姓氏|nachname|familienname|zuname|nom|nom de famille|apellido|apellidos|primary identifier',
  'Surname (Native)': 'surname in chinese|中文姓|中文姓氏',
  'Surname (Latin)': 'surname in english|surname pinyin|英文姓|拼音姓|姓拼音',
  'Given Names':
    'given name|given names|first name|first names|forename|forenames|other names|christian name|名|vorname|vornamen|prénom|prénoms|nombre|nombres|secondary identifier',
  'Given Names (Native)': 'given names in chinese|中文名(不含姓)',
  'Given Names (Latin)': 'given names in english|given name pinyin|英文名(不含姓)|拼音名|名拼音',
  'Middle Name': 'middle name|middle names|middle initial|zweiter vorname|deuxième prénom',
  'Former Name':
    'former name|former names|maiden name|birth name|previous name|曾用名|geburtsname|nom de naissance|nom de jeune fille',
  Title: 'salutation|form of address|anrede|civilité|称谓|mr mrs ms',
  Sex: 'sex|gender|性别|geschlecht|sexe|sexo|jantina',
  'Date of Birth':
    'date of birth|birth date|birthdate|birthday|dob|d o b|born|born on|出生日期|出生年月|出生年月日|生日|出生|geburtsdatum|geboren am|geboren|date de naissance|né le|née le|né(e) le|fecha de nacimiento|tarikh lahir',
  'Place of Birth':
    'place of birth|birthplace|birth place|city of birth|出生地|出生地点|geburtsort|lieu de naissance|lugar de nacimiento',
  Nationality:
    'nationality|citizenship|country of citizenship|国籍|staatsangehörigkeit|nationalität|nationalité|nacionalidad|warganegara',
  'Ethnic Group': 'ethnicity|ethnic group|ethnic|race|民族|bangsa',
  'Marital Status':
    'marital status|civil status|婚姻状况|婚姻状态|婚否|familienstand|situation de famille|état civil|estado civil',
  Age: 'age|年龄|alter|âge|edad|umur',
  Occupation:
    'occupation|profession|job title|job|position|position held|职业|职务|职位|岗位|beruf|tätigkeit|métier|pekerjaan',
  Education: 'education|highest education|degree|qualification|学历|文化程度|学位|bildungsabschluss|diplôme',
  School: 'school|institution|university|college|school name|毕业院校|毕业学校|学校|schule|hochschule|école|université',
  Department: 'department|dept|部门|科室|所在部门|abteilung',
  Employer:
    'employer|name of employer|company employed|place of work|work unit|工作单位|单位名称|就业单位|arbeitgeber|employeur',
  Company:
    'company|company name|name of company|business name|name of business|firm|公司|公司名称|企业名称|机构名称|firma|firmenname|unternehmen|société|entreprise|raison sociale|empresa|organization|organisation|organization name|syarikat',
  'Company Address':
    'company address|business address|office address|registered address|registered office|公司地址|注册地址|firmenanschrift|adresse de l’entreprise|siège social',
  'Contact Person':
    'contact|contact person|contact name|attention|attn|联系人|ansprechpartner|kontaktperson|personne à contacter',
  'Emergency Contact':
    'emergency contact|emergency contact name|in case of emergency|紧急联系人|notfallkontakt|contact d’urgence',
  Address:
    'address|full address|home address|residential address|residence|permanent address|current address|住址|地址|家庭住址|家庭地址|居住地址|现住址|通讯地址|联系地址|户籍地址|anschrift|adresse|wohnanschrift|wohnort|domicile|adresse postale|dirección|domicilio|alamat',
  'Mailing Address':
    'mailing address|postal address|correspondence address|邮寄地址|邮政地址|postanschrift|adresse de correspondance',
  Street:
    'street|street address|street name|street and number|address line 1|街道|路名|straße|strasse|straße und hausnummer|straße hausnummer|rue|numéro et rue|calle',
  'House Number': 'house number|house no|building number|hausnummer|门牌号|numéro',
  'Address Line 2': 'address line 2|apartment|apt|adresszusatz|complément d’adresse',
  City: 'city|town|city town|城市|市|市县|ort|stadt|ville|commune|ciudad|bandar',
  District: 'district|county|区|区县|县|bezirk|landkreis|arrondissement|daerah',
  State: 'state|province|state province|省|省份|省市|bundesland|département|région|provincia|negeri',
  'Postal Code':
    'postal code|postcode|post code|zip|zip code|邮编|邮政编码|plz|postleitzahl|code postal|código postal|poskod',
  Country: 'country|country of residence|country region|国家|国家地区|land|pays|país|negara',
  Phone:
    'phone|telephone|tel|phone number|telephone number|phone no|tel no|telephone no|contact number|contact no|contact phone|daytime phone|home phone|work phone|电话|联系电话|电话号码|固定电话|家庭电话|telefon|telefonnummer|tel nr|tél|téléphone|numéro de téléphone|teléfono|no tel|no telefon',
  'Mobile Phone':
    'mobile|mobile phone|mobile number|mobile no|cell|cell phone|cellphone|handphone|手机|手机号|手机号码|移动电话|handy|mobiltelefon|mobilnummer|portable|téléphone portable|móvil',
  Fax: 'fax|fax number|fax no|facsimile|telecopy no|传真|传真号码|faxnummer|télécopie|télécopieur',
  'E-mail':
    'email|e-mail|email address|e-mail address|mail|电子邮件|电子邮箱|邮箱|邮箱地址|电邮|e-mail-adresse|courriel|adresse électronique|adresse e-mail|correo electrónico|emel',
  Website: 'website|web site|web|url|homepage|internet|网址|网站|webseite|site web|site internet',
  'ID Number':
    'id number|id no|id|id card number|id card no|identity number|identity card number|identity card no|identification number|national id|national id number|ic no|nric|nric no|personal number|personal no|公民身份号码|公民身份证号码|身份证号|身份证号码|身份证|居民身份证号|证件号|证件号码|ausweisnummer|personalausweisnummer|numéro d’identité|numéro de carte d’identité|dni|no kad pengenalan',
  'Document Number':
    'document number|document no|doc no|certificate number|certificate no|证书编号|证书号|编号|文件编号|dokumentennummer|numéro de document|reference document number',
  'Document Type': 'document type|type of document|type of id|id type|证件类型|证件种类|dokumentenart|type de document',
  'Passport Number':
    'passport number|passport no|护照号|护照号码|护照号码no|reisepassnummer|passnummer|pass-nr|numéro de passeport|passeport no|número de pasaporte|no pasport',
  'Licence Number':
    'licence number|license number|licence no|license no|driving licence number|driver license number|driver’s license number|dl no|驾驶证号|证号|führerscheinnummer|numéro de permis',
  'Social Security Number':
    'social security number|social security no|ssn|national insurance number|ni number|社会保障号|社保号|sozialversicherungsnummer|numéro de sécurité sociale',
  'Date of Issue':
    'date of issue|issue date|issued on|date issued|issued|签发日期|发证日期|颁发日期|初次领证日期|ausstellungsdatum|ausgestellt am|date de délivrance|délivré le|fecha de expedición',
  'Valid From':
    'valid from|effective date|effective from|start date|有效起始日期|生效日期|开始日期|gültig ab|gültig von|valable à partir du|date d’effet',
  'Valid Until':
    'valid until|valid to|valid thru|valid through|expiry|expiry date|expiration date|expiration|expires|date of expiry|expires on|exp date|end date|有效期|有效期至|有效期限至|失效日期|截止日期|到期日|到期日期|gültig bis|ablaufdatum|date d’expiration|valable jusqu’au|fecha de caducidad|fecha de vencimiento',
  Validity:
    'validity|period of validity|valid period|有效期限|有效期间|gültigkeit|gültigkeitsdauer|validité|durée de validité',
  'Issuing Authority':
    'authority|issuing authority|issued by|place of issue|issuing office|签发机关|发证机关|颁发机构|签发地点|behörde|ausstellende behörde|autorité|autorité de délivrance|délivré par|autoridad',
  'Blood Type': 'blood type|blood group|血型|blutgruppe|groupe sanguin',
  Height: 'height|身高|größe|taille|estatura',
  Weight: 'weight|体重|gewicht|poids|peso',
  'Form Type': 'form type|type of form|表单类型|formularart|type de formulaire',
  Date: 'date|dated|date/time|date & time|date and time|日期|时间日期|填表日期|填写日期|datum|fecha|tarikh|date of application|申请日期|签署日期',
  Time: 'time|时间|uhrzeit|zeit|heure|hora|masa',
  Signature:
    'signature|signed|signed by|sign here|applicant signature|signature of applicant|签名|签字|签章|申请人签名|unterschrift|firma del solicitante|tandatangan|authorized signature',
  Subject: 'subject|re|regarding|主题|事由|关于|betreff|betrifft|objet|concerne|asunto|perkara',
  To: 'to|收件人|致|主送|an|à|message to|bill to|sold to|invoice to|destinataire|empfänger',
  From: 'from|发件人|来自|von|de|absender|expéditeur',
  'Carbon Copy': 'cc|carbon copy|copies to|copy to|抄送|kopie',
  Pages:
    'pages|number of pages|no of pages|page count|total pages|pages including cover sheet|pages including cover page|页数|seiten|seitenzahl|nombre de pages',
  Remarks:
    'remarks|remark|notes|note|comments|comment|memo|备注|说明|附注|bemerkung|bemerkungen|anmerkungen|remarques|observations|observaciones|catatan',
  Purpose: 'purpose|reason|reason for application|用途|事项|原因|申请原因|申请理由|zweck|grund|motif|tujuan',
  'Invoice Number':
    'invoice number|invoice no|invoice #|invoice id|invoice|inv no|inv|bill no|bill number|tax invoice no|发票号|发票号码|发票编号|rechnungsnummer|rechnungs-nr|rechnung nr|rechnungsnr|numéro de facture|facture no|facture n°|número de factura|factura no|no invois',
  'Invoice Code': '发票代码|invoice code',
  'Receipt Number':
    'receipt number|receipt no|receipt #|receipt|rcpt no|slip no|收据号|收据编号|小票号|belegnummer|beleg-nr|bon-nr|numéro de reçu|no resit',
  'Order Number':
    'order number|order no|order #|order id|purchase order|purchase order no|po number|po no|p o no|订单号|订单编号|采购单号|bestellnummer|auftragsnummer|numéro de commande|número de pedido',
  'Customer Number':
    'customer number|customer no|customer id|client no|client number|account no (customer)|客户号|客户编号|kundennummer|kunden-nr|numéro de client|n° client',
  Customer:
    'customer|customer name|client|client name|buyer|purchaser|客户|客户名称|购买方|购买方名称|买方|购方名称|kunde|client nom|acheteur',
  Seller:
    'seller|vendor|supplier|merchant|销售方|销售方名称|卖方|供应商|商户|商户名称|verkäufer|lieferant|vendeur|fournisseur',
  'Invoice Date':
    'invoice date|date of invoice|bill date|billing date|开票日期|发票日期|rechnungsdatum|date de facture|date de facturation|fecha de factura',
  'Due Date':
    'due date|payment due|payment due date|due|date due|付款期限|到期付款日|fälligkeitsdatum|fällig am|zahlbar bis|date d’échéance|échéance|fecha de pago',
  'Delivery Date':
    'delivery date|ship date|shipping date|date of delivery|交货日期|发货日期|lieferdatum|date de livraison',
  'Payment Terms': 'payment terms|terms|terms of payment|付款条件|zahlungsbedingungen|conditions de paiement',
  'Payment Method':
    'payment method|payment mode|method of payment|payment type|mode of payment|付款方式|支付方式|zahlungsart|mode de paiement|moyen de paiement|forma de pago',
  Subtotal:
    'subtotal|sub total|sub-total|小计|zwischensumme|sous-total|total ht|net amount|nettobetrag|net total|不含税金额',
  Tax: 'tax|tax amount|gst|vat|sales tax|total gst|total tax|税额|增值税|mwst|ust|umsatzsteuer|mehrwertsteuer|tva|montant tva|iva',
  'Tax Number':
    'tax number|tax id|tax id no|tin|tax no|vat number|vat no|vat id|vat reg no|gst no|gst id|gst reg no|gst registration no|税号|纳税人识别号|统一社会信用代码|社会信用代码|steuernummer|steuer-nr|ust-idnr|ust-id|numéro de tva|n° tva|siret|siren|nif|cif',
  'Registration Number':
    'registration number|registration no|reg no|company no|company number|company reg no|business registration number|注册号|登记号|营业执照号|handelsregisternummer|numéro d’immatriculation|rcs',
  Discount: 'discount|优惠|折扣|rabatt|remise|descuento|diskaun',
  Total:
    'total|grand total|total amount|amount due|total due|nett total|total payable|amount payable|balance due|invoice total|合计|总计|总额|总金额|合计金额|价税合计|应付金额|应付|实付|实付金额|gesamtbetrag|gesamtsumme|rechnungsbetrag|endbetrag|summe|total ttc|montant total|net à payer|importe total|jumlah|jumlah besar',
  Amount: 'amount|sum|金额|betrag|montant|importe|amaun',
  Currency: 'currency|币种|货币|währung|devise|moneda|mata wang',
  Cash: 'cash|cash paid|cash tendered|现金|bar|bargeld|espèces|tunai',
  Change: 'change|change due|找零|rückgeld|rendu|monnaie rendue|baki',
  Rounding: 'rounding|rounding adjustment|rounding adj|抹零|rundung|arrondi|pelarasan',
  Quantity: 'quantity|qty|total qty|数量|menge|anzahl|quantité|cantidad|kuantiti',
  'Unit Price': 'unit price|price each|单价|einzelpreis|prix unitaire|precio unitario|harga',
  Price: 'price|价格|preis|prix|precio',
  Cashier: 'cashier|served by|server|operator|收银员|收款人|kassierer|bediener|caissier|juruwang',
  'Bank Name':
    'bank|bank name|name of bank|bank branch|开户行|开户银行|银行|银行名称|kreditinstitut|banque|nom de la banque|banco|nama bank',
  'Account Number':
    'account number|account no|a/c no|acct no|bank account number|bank account no|bank account|账号|帐号|账户|银行账号|银行账户|kontonummer|konto-nr|numéro de compte|compte no|número de cuenta|no akaun',
  'Account Holder':
    'account holder|account name|name of account holder|beneficiary|户名|账户名称|开户名|kontoinhaber|titulaire du compte|titular',
  'Card Number':
    'card number|card no|credit card number|卡号|银行卡号|kartennummer|numéro de carte|número de tarjeta|no kad',
  IBAN: 'iban|iban number|iban no',
  BIC: 'bic|swift|swift code|bic swift|swift bic',
  'Sort Code': 'sort code|routing number|bank code|blz|bankleitzahl|code banque|联行号',
  'Vehicle Registration':
    'vehicle registration|registration plate|licence plate|license plate|plate number|plate no|vehicle no|车牌号|车牌号码|号牌号码|kennzeichen|amtliches kennzeichen|immatriculation|plaque',
  'Vehicle Class': 'class|vehicle class|categories|准驾车型|klasse|klassen|catégorie|catégories',
  'Policy Number': 'policy number|policy no|insurance number|保单号|保险单号|versicherungsnummer|numéro de police',
  'Contract Number': 'contract number|contract no|agreement no|合同编号|合同号|vertragsnummer|numéro de contrat',
  'Reference Number':
    'reference|reference number|reference no|ref|ref no|our ref|your ref|file no|file number|case number|case no|参考号|案号|文号|aktenzeichen|referenz|ihr zeichen|unser zeichen|référence|nos références|vos références|referencia|no rujukan',
  'Party A': 'party a|first party|甲方',
  'Party B': 'party b|second party|乙方',
  'Student Number': 'student number|student no|student id|学号|matrikelnummer|numéro d’étudiant',
  'Employee Number': 'employee number|employee no|employee id|staff no|staff id|工号|员工编号|personalnummer|matricule',
  Product: 'product|product name|item|item name|品名|产品名称|商品名称|货物名称|artikel|produkt|produit|désignation',
  'Product Number':
    'product number|product no|item no|item number|model|model no|model number|产品编号|货号|型号|artikelnummer|référence produit',
  Brand: 'brand|品牌|marke|marque',
  Description: 'description|details|描述|内容|beschreibung|bezeichnung|descripción|keterangan',
};

/** Where no value has the name that is asked for, one of these says the same. */
export const NEAR_NAMES: Readonly<Record<string, readonly string[]>> = {
  Name: ['Name (Native)', 'Name (Latin)', 'Account Holder', 'Customer'],
  'Name (Native)': ['Name'],
  'Name (Latin)': ['Name'],
  Surname: ['Surname (Native)', 'Surname (Latin)'],
  'Surname (Latin)': ['Surname'],
  'Surname (Native)': ['Surname'],
  'Given Names': ['Given Names (Native)', 'Given Names (Latin)'],
  'Given Names (Latin)': ['Given Names'],
  'Given Names (Native)': ['Given Names'],
  Phone: ['Mobile Phone'],
  'Mobile Phone': ['Phone'],
  Address: ['Mailing Address'],
  'Mailing Address': ['Address'],
  Employer: ['Company'],
  Company: ['Employer', 'Seller'],
  Seller: ['Company'],
  'Document Number': ['Passport Number', 'ID Number', 'Licence Number'],
  'ID Number': ['Document Number'],
  'Passport Number': ['Document Number'],
  'Licence Number': ['Document Number'],
  'Account Number': ['IBAN'],
  Amount: ['Total'],
  Total: ['Amount'],
  Validity: ['Valid Until'],
  'Valid Until': ['Validity'],
  'Invoice Date': ['Date', 'Date of Issue'],
  'Date of Issue': ['Invoice Date'],
};
