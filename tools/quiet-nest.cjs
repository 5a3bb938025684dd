// Services log what they refuse; in tests the refusals are the point, and their log lines would bury a failure's message.
require('reflect-metadata');
require('@nestjs/common').Logger.overrideLogger(false);
