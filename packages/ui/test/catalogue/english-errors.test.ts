/** Every code has words in English, and they read well with and without its facts. */
import { describe } from 'vitest';
import { englishErrors } from '../../src/catalogue/english-errors.ts';
import { keepsTheRulesOfErrors } from '../support/catalogue-rules.ts';

describe('englishErrors', () => keepsTheRulesOfErrors('en', englishErrors));
