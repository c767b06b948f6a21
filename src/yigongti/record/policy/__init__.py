"""The pages that the owners of the lifelong record would sign: series and their targets, special classes."""
