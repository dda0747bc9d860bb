package io.parley.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class CpuTest {
    @Test
    void user_and_system_time_are_added_whatever_the_command_is_called() throws IOException {
        final var stat = "4711 (ja va) x) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 30 0";
        assertEquals(3.0, Cpu.seconds(stat));
    }

    @Test
    void what_is_no_stat_file_is_refused() {
        assertThrows(IOException.class, () -> Cpu.seconds("4711 (java) S 1"));
        assertThrows(IOException.class, () -> Cpu.seconds(Integer.MAX_VALUE));
    }
}
