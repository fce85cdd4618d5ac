import { z } from 'zod';

// The content security policy forbids making code from strings; zod must not even try. Before any schema is built.
z.config({ jitless: true });
