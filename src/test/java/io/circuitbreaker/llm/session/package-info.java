/** Tests of sessions. */
package io.circuitbreaker.llm.session;
