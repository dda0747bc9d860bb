import { fileURLToPath } from 'node:url';
import { mergeConfig } from 'vitest/config';
import client from '../../vite.config.ts';

// As the client is built, with another page around it.
export default mergeConfig(client, {
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: fileURLToPath(new URL('../../public', import.meta.url)),
  logLevel: 'error',
});
