/** Tests of what operators see. */
package io.circuitbreaker.llm.observe;
