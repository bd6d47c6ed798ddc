// Entry of the live page's script.
import {render} from 'preact';

import {App} from './app';
import {Page} from './views/page';

const app = new App();
render(<Page app={app} />, document.getElementById('app')!);
void app.start();
