/** What our beans have in common. */
package io.circuitbreaker.llm.bean;
