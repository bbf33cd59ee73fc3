import { render } from 'preact';
import { Frame } from './frame/frame.tsx';
import { followAddress } from './frame/place.ts';
import { keepDocumentTheme } from './frame/theme.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/blocks.css';
import './styles/frame.css';
import { keepDocumentLanguage } from './words/language.ts';

keepDocumentTheme();
keepDocumentLanguage();
followAddress();
render(<Frame />, document.querySelector('#app') as HTMLElement);
