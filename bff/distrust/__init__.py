"""What an upstream says is not taken for what may be shown: texts are cleaned, and links lead where they may."""
