/** What operators see: metrics and health. Nothing here knows a key or a prompt. */
package io.circuitbreaker.llm.observe;
