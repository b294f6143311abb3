package io.circuitbreaker.llm.session.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MirrorTest {

    private static final String IN_6_2 = "ERR Error running script (call to f_8f55ae4a3be429c6d38c5d5db3e80edf89197b64): ";

    @ParameterizedTest
    @ValueSource(strings = {
        "WRONGTYPE Operation against a key holding the wrong kind of value script: 8f55ae4a, on @user_script:17.",
        "ERR The ID specified in XADD is equal or smaller than the target stream top item script: 8f55, on @user_script:17.",
        IN_6_2 + "@user_script:17: WRONGTYPE Operation against a key holding the wrong kind of value ",
        IN_6_2 + "@user_script:17: ERR The ID specified in XADD is equal or smaller than the target stream top item ",
        IN_6_2 + "@user_script:14: user_script:14: attempt to compare nil with number "
    })
    void whatIsWrongWithOneStreamIsThatOnes(String message) {
        assertThat(Mirror.isOfOneStream(message)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "OOM command not allowed when used memory > 'maxmemory'. script: 8f55ae4a, on @user_script:19.",
        "READONLY You can't write against a read only replica. script: 8f55ae4a, on @user_script:19.",
        "NOSCRIPT No matching script. Please use EVAL.",
        IN_6_2 + "@user_script:19: @user_script: 19: -OOM command not allowed when used memory > 'maxmemory'. ",
        IN_6_2 + "@user_script:19: @user_script: 19: -READONLY You can't write against a read only replica. ",
        IN_6_2 + "@user_script:19: @user_script: 19: -MISCONF Errors writing to the AOF file: No space left on device ",
        IN_6_2 + "@user_script:19: NOREPLICAS Not enough good replicas to write. "
    })
    @DisplayName("Trouble of all of Redis is not one stream's, also where Redis 6.2 wraps it as an error of the script")
    void troubleOfRedisIsNoStreams(String message) {
        assertThat(Mirror.isOfOneStream(message)).isFalse();
    }
}
