import { startClient } from './client.ts';
import { begin } from './page.tsx';

const root = document.getElementById('root');
if (root !== null) begin(startClient, root);
