"""What a learner has done: `done` (one exercise), `kept` (the file), `progress` (all); then for a class `sheet`, `grade`, `table`."""
