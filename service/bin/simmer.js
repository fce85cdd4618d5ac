#!/usr/bin/env node
import '../../dist/service/src/main.js';
