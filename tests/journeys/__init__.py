"""The whole product, walked through by people in ten languages: real Rasa, real model, no mocks."""
