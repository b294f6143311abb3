/** Tests of Google's wire language: our own fixtures, and recordings where they are present. */
package io.circuitbreaker.llm.dialect.google;
